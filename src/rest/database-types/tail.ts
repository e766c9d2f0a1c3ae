import { literal } from './print.ts';

/** The short ways to a row's type that users of Supabase's generator know: `Tables<'books'>`, `Enums<'shelf'>` and so on. */
export const tail = (
  defaultSchema: string,
): string => `type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[${literal(defaultSchema)}]
${part('Tables', ['Tables', 'Views'], 'Row')}${part('TablesInsert', ['Tables'], 'Insert')}${part('TablesUpdate', ['Tables'], 'Update')}${part('Enums', ['Enums'])}${part('CompositeTypes', ['CompositeTypes'])}`;

/** `Name<'x'>` in the default schema, `Name<{ schema: 's' }, 'x'>` in another. */
function part(name: string, sources: readonly string[], member?: string): string {
  const of = (schema: string) => sources.map((source) => `${schema}["${source}"]`).join(' & ');
  const chosen = 'DatabaseWithoutInternals[Option["schema"]]';
  const pick = (source: string, key: string) =>
    member ? `(${source})[${key}] extends { ${member}: infer M } ? M : never` : `(${source})[${key}]`;
  return `
export type ${name}<
  Option extends keyof (${of('DefaultSchema')}) | { schema: keyof DatabaseWithoutInternals },
  Name extends Option extends { schema: keyof DatabaseWithoutInternals } ? keyof (${of(chosen)}) : never = never,
> = Option extends { schema: keyof DatabaseWithoutInternals }
  ? ${pick(of(chosen), 'Name')}
  : Option extends keyof (${of('DefaultSchema')})
    ? ${pick(of('DefaultSchema'), 'Option')}
    : never
`;
}
