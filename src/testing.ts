/** What people import from `hutch/testing` in their own tests. */
export { type TestActor, type TestApp, type TestAppSettings, testApp } from './server/application/test-app.ts';
export * from './testing/index.ts';
