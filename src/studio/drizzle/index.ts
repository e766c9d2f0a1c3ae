/** The door for Drizzle Studio. */
export { type Door, type DoorOptions, drizzleStudioApp, openDrizzleStudio } from './door.ts';
