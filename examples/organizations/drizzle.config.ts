import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  out: './drizzle', // Migration output directory
  schema: './src/schema.ts', // Schema source
  dialect: 'postgresql',
});
