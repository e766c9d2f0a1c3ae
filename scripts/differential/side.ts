import type { Answer } from './known.ts';
import type { CaseRequest } from './request.ts';

/** One of the two servers that are compared. */
export interface Side {
  /** Rejects where no answer came. */
  send(request: CaseRequest): Promise<Answer>;
  close(): Promise<void>;
}
