export { COUNTED_ROWS, type CountKind } from './count.ts';
export { type OffsetPage, type OffsetPageSettings, offsetPage } from './offset-page.ts';
export type { OrderItem } from './order.ts';
export { MAX_LIMIT, type Page, type PageSettings, page } from './page.ts';
