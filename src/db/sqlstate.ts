/** SQLSTATEs that decide what the driver does next. Source: Postgres, appendix A. */

/** A statement that was ended from outside. */
export const QUERY_CANCELED = '57014';

/** A statement that writes in a transaction that may not. */
export const READ_ONLY_TRANSACTION = '25006';
