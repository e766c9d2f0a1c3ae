import { createHash } from 'node:crypto';
import { escaped } from './escaped.ts';
import { followPlaces, type Place, placesBar } from './places.ts';

export interface DocsPageOptions {
  /** Where the OpenAPI document is, as the browser finds it. */
  readonly specUrl: string;
  /** Where the page's script is, as the browser finds it (default `docs/scalar.js`, beside the page at `/docs`). */
  readonly scriptUrl?: string;
  readonly title?: string;
  /** What a description in several parts holds; the page has a list of it to go by. */
  readonly places?: readonly Place[];
  /** The part that is shown. */
  readonly part?: number;
}

/** What Scalar is told: everything that would leave this machine (fonts, proxy, telemetry, assistants) is off. */
function configuration({ specUrl, title }: DocsPageOptions) {
  return {
    url: specUrl,
    ...(title === undefined ? {} : { metaData: { title } }),
    withDefaultFonts: false,
    proxyUrl: '',
    telemetry: false,
    hideClientButton: true,
    showDeveloperTools: 'never',
    agent: { disabled: true },
    mcp: { disabled: true },
    persistAuth: true,
    defaultOpenAllTags: false,
    operationTitleSource: 'summary',
  };
}

/**
 * The page that shows the API's description: one script from this server, and nothing from anywhere else. Its policy makes sure
 * of that: the browser itself refuses what would go out.
 */
export function docsPage(options: DocsPageOptions): Response {
  const { places = [], part = 0 } = options;
  const bar = placesBar(places, part);
  const script = `Scalar.createApiReference('#api', ${inScript(configuration(options))});${bar && followPlaces}`;
  const hash = createHash('sha256').update(script).digest('base64');
  return new Response(html(options, bar, script), {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy(`'sha256-${hash}'`),
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    },
  });
}

const policy = (inline: string): string =>
  [
    `default-src 'none'`,
    `script-src 'self' ${inline}`,
    // Scalar writes its styles into the page.
    `style-src 'self' 'unsafe-inline'`,
    `connect-src 'self'`,
    `img-src 'self' data: blob:`,
    `font-src 'self' data:`,
    `worker-src 'self' blob:`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');

/** JSON that can't end the script element it stands in. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const html = (
  { title = 'API', scriptUrl = 'docs/scalar.js' }: DocsPageOptions,
  bar: string,
  script: string,
): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
</head>
<body>
${bar}<div id="api"></div>
<noscript>This page needs JavaScript.</noscript>
<script src="${escaped(scriptUrl)}"></script>
<script>${script}</script>
</body>
</html>
`;
