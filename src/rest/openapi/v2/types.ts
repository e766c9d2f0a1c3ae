/** The parts of a Swagger 2.0 document that the dialect's own description has. */
export interface SwaggerSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly maxLength?: number;
  readonly items?: SwaggerSchema | Reference;
  readonly properties?: Readonly<Record<string, SwaggerSchema>>;
  readonly required?: readonly string[];
}

export interface Reference {
  readonly $ref: string;
}

export interface SwaggerParameter {
  readonly name: string;
  readonly in: 'query' | 'header' | 'body';
  readonly required: boolean;
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly default?: string;
  readonly enum?: readonly string[];
  readonly items?: SwaggerSchema;
  readonly collectionFormat?: 'multi';
  readonly schema?: SwaggerSchema | Reference;
}

export interface SwaggerOperation {
  readonly tags: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly produces?: readonly string[];
  readonly parameters?: readonly (SwaggerParameter | Reference)[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly schema?: SwaggerSchema }>>;
}

export type SwaggerPath = Readonly<Partial<Record<'get' | 'post' | 'patch' | 'delete', SwaggerOperation>>>;
