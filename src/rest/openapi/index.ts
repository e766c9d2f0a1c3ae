export { type Openapi2Options, openapi2 } from './v2/document.ts';
export { type OpenapiOptions, openapi } from './v3/document.ts';
export { type Access, accessQuery, partsOf, readAccess, type Visible, visible } from './visible.ts';
