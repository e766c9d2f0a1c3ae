export { type DocsPageOptions, docsPage } from './page.ts';
export type { Place } from './places.ts';
export { docsScript } from './script.ts';
