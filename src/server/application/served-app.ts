import { otherAnswers } from '../../http/pipeline.ts';
import { type App, buildApp } from './app.ts';
import type { AppOptions } from './app-options.ts';
import { type Context, readSettings } from './prepare.ts';
import { tellDeprecated } from './rest.ts';

/** The application that answers now. A reload puts another in its place; requests that run end in the one that took them. */
export class ServedApp {
  private constructor(
    private context: Context,
    private readonly options: AppOptions,
    private app: App,
  ) {}

  static async open(context: Context, options: AppOptions): Promise<ServedApp> {
    const app = buildApp(context, options);
    // In production a module that does not load must not take traffic, and no request waits for code; in development the API answers first.
    if (context.mode === 'start') await Promise.all([app.load(), otherAnswers()]);
    return new ServedApp(context, options, app);
  }

  readonly answer = (request: Request): Promise<Response> => this.app.answer(request);

  /** @throws what the module of the project's routes throws */
  load(): Promise<void> {
    return this.app.load();
  }

  /** Imports the project's source anew. */
  async reload(): Promise<void> {
    this.app = await this.loaded(this.context);
  }

  /** Reads PostgREST's settings anew. @throws HutchError `config_invalid_value`, and what was served stays */
  async readSettings(): Promise<void> {
    const changed = { ...this.context, pgrst: await readSettings(this.context) };
    await changed.catalog.expose(changed.pgrst);
    this.app = await this.loaded(changed);
    this.context = changed;
    tellDeprecated(changed);
  }

  private async loaded(context: Context): Promise<App> {
    const app = buildApp(context, this.options);
    await app.load();
    return app;
  }
}
