/** As the change log names tables. */
export const auditLabel = (table: { readonly schema: string; readonly name: string }): string =>
  table.schema === 'public' ? table.name : `${table.schema}.${table.name}`;
