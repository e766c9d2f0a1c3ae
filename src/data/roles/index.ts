export { makeRoles } from './make-roles.ts';
export { API_ROLES, roleObjects } from './roles.ts';
