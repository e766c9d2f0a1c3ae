/** What every route of the router has in `c.env` and `c.var`. */
export interface HttpEnv {
  Bindings: {
    readonly requestId: string;
  };
  Variables: {
    /** From `X-Request-Id` where it is sane, else made here; sent back, logged, and visible to SQL. */
    requestId: string;
  };
}
