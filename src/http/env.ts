/** What Hutch's middleware leaves in `c.var` for every route. */
export interface HttpEnv {
  Variables: {
    /** From `X-Request-Id` where it is sane, else made here; sent back, logged, and visible to SQL. */
    requestId: string;
  };
}
