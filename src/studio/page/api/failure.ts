/** What a server answered instead of what was asked for. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: string | null,
    readonly details: string | null,
    readonly hint: string | null,
    /** Of a batch: the operation at fault, from 1. */
    readonly operation: number | null = null,
  ) {
    super(message);
  }
}

/** Every error here has the dialect's shape; what has not is shown by its status. */
export async function failureOf(response: Response): Promise<Failure> {
  const body: unknown = await response.json().catch(() => null);
  const fields = new Map<string, unknown>(typeof body === 'object' && body !== null ? Object.entries(body) : []);
  const text = (name: string): string | null => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : null;
  };
  const operation = response.headers.get('batch-operation');
  return new Failure(
    response.status,
    text('message') ?? (response.statusText || `The server answered ${response.status}`),
    text('code'),
    text('details'),
    text('hint'),
    operation === null ? null : Number(operation),
  );
}

/** One line for people. */
export function told(error: unknown): string {
  if (error instanceof Failure) return [error.message, error.details, error.hint].filter(Boolean).join(' · ');
  return error instanceof Error ? error.message : String(error);
}
