export { API_ROLES } from '../../db/roles.ts';
export { makeRoles } from './make-roles.ts';
export { roleObjects } from './roles.ts';
