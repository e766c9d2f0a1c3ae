/** Answers a request; `id` is what logs and SQL call it by. */
export type Handler = (request: Request, id: string) => Response | Promise<Response>;

/** Something that stands around every answer, whoever gives it: the dialect, which needs no router, or a router's routes. */
export type Layer = (inner: Handler) => Handler;

/** The first layer stands outermost. */
export const around = (layers: readonly Layer[], handler: Handler): Handler =>
  layers.reduceRight((inner, layer) => layer(inner), handler);
