/** SQLSTATEs that decide what the driver does next. Source: Postgres, appendix A. */

/** A statement that writes in a transaction that may not. */
export const READ_ONLY_TRANSACTION = '25006';
