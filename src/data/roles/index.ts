export { API_ROLES, roleObjects } from './roles.ts';
