export { seedHelpDesk as default } from './seed/help-desk.ts';
