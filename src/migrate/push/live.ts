import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Driver } from '../../db/driver.ts';
import { isHutchError, moduleError } from '../../errors/index.ts';
import type { AnswerOptions } from '../kit/questions.ts';
import { loadProject, type Project } from '../project/project.ts';
import { type Pushed, push } from './push.ts';

/** What live schema tells. */
export type LiveEvent =
  /** The database fits the schema files. */
  | { readonly type: 'unchanged' }
  | {
      readonly type: 'applied';
      readonly statements: readonly string[];
      readonly spared: readonly string[];
      readonly tookMs: number;
    }
  /** It needs an answer that nobody gave; nothing was done. `details` has the flags that would answer. */
  | { readonly type: 'held'; readonly details: string }
  /** The schema files can't be read (a syntax error, say), or Postgres refused; the database stays on the last good state. */
  | { readonly type: 'broken'; readonly message: string };

export interface LiveOptions extends AnswerOptions {
  readonly project: Project;
  readonly driver: Driver;
  readonly onEvent: (event: LiveEvent) => void;
}

export interface LiveSchema {
  /** Compares now; resolves when the database fits, or can't. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

/** Editors write a file several times for one save. */
const SETTLE_MS = 60;

/** What a schema may be made of. Whatever else changes beside it, a log being written for one, is none of its business. */
const SOURCE = /\.(?:[cm]?[jt]sx?|json)$/;

/**
 * Watches the schema files and brings a development database up to them on every save: at once where the change is safe; with a
 * question (`ask`) where it loses data or may be a rename. Never two at a time; saves in between count as one.
 */
export function liveSchema(options: LiveOptions): LiveSchema {
  const state = new Follower(options);
  const folders = new Set(options.project.schemaFiles.map(dirname));
  const watchers: FSWatcher[] = [...folders].map((folder) =>
    watch(folder, (_, name) => {
      if (name !== null && SOURCE.test(name)) state.soon();
    }),
  );
  return {
    refresh: () => state.refresh(),
    stop: async () => {
      for (const watcher of watchers) watcher.close();
      await state.stop();
    },
  };
}

class Follower {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(private readonly options: LiveOptions) {}

  soon(): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.refresh(), SETTLE_MS);
  }

  refresh(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.follow().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async follow(): Promise<void> {
    do {
      this.again = false;
      const event = await this.once();
      if (!this.stopped) this.options.onEvent(event);
    } while (this.again && !this.stopped);
  }

  private async once(): Promise<LiveEvent> {
    const started = performance.now();
    try {
      // Files may have come or gone; the config is read again, but not imported again.
      const { root, configPath } = this.options.project;
      const project = await loadProject(root, { config: configPath });
      return eventOf(await push(this.options.driver, project, this.options), performance.now() - started);
    } catch (error) {
      if (isHutchError(error) && error.code === 'migrate_questions')
        return { type: 'held', details: error.details ?? error.message };
      return { type: 'broken', message: isHutchError(error) ? (error.details ?? error.message) : moduleError(error) };
    }
  }
}

function eventOf({ applied, failure, statements, spared }: Pushed, tookMs: number): LiveEvent {
  if (failure) {
    const { statement, message, detail, hint } = failure;
    return { type: 'broken', message: [`${statement}: ${message}`, detail, hint].filter(Boolean).join('\n  ') };
  }
  return applied ? { type: 'applied', statements, spared, tookMs } : { type: 'unchanged' };
}
