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
  const operation = response.headers.get('batch-operation');
  const status = response.statusText || `The server answered ${response.status}`;
  return failureFrom(await response.text(), response.status, status, operation === null ? null : Number(operation));
}

/** The failure that a body tells of; its status says what it is where the body does not. */
export function failureFrom(body: string, status: number, otherwise: string, operation: number | null = null): Failure {
  const fields = fieldsOf(body);
  const text = (name: string): string | null => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : null;
  };
  return new Failure(status, text('message') ?? otherwise, text('code'), text('details'), text('hint'), operation);
}

function fieldsOf(body: string): ReadonlyMap<string, unknown> {
  try {
    const read: unknown = JSON.parse(body);
    return new Map<string, unknown>(typeof read === 'object' && read !== null ? Object.entries(read) : []);
  } catch {
    return new Map();
  }
}

/** One line for people. */
export function told(error: unknown): string {
  if (error instanceof Failure) return [error.message, error.details, error.hint].filter(Boolean).join(' · ');
  return error instanceof Error ? error.message : String(error);
}
