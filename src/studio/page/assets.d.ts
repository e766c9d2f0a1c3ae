/** Bun's bundler takes style sheets along. */
declare module '*.css' {}
