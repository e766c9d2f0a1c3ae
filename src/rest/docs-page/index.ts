export { type DocsPageOptions, docsPage } from './page.ts';
export { docsScript } from './script.ts';
