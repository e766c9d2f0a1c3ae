import { createHash } from 'node:crypto';

/** Everything comes from this server, and goes nowhere else: the browser itself refuses the rest. */
const policy = (inline: string): string =>
  [
    `default-src 'none'`,
    `script-src 'self' ${inline}`,
    // CodeMirror writes its styles into the page.
    `style-src 'self' 'unsafe-inline'`,
    `connect-src 'self'`,
    `img-src 'self' data: blob:`,
    `font-src 'self'`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
  ].join('; ');

function html(body: string, inline: string, status = 200): Response {
  const hash = createHash('sha256').update(inline).digest('base64');
  return new Response(body, {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy(`'sha256-${hash}'`),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
    },
  });
}

/** Runs before the first paint, so that the page never flashes in the other theme. */
const themeScript = `document.documentElement.dataset.theme=localStorage.getItem('hutch.theme')||(matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light')`;

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="1" y="2" width="14" height="12" rx="3" fill="#3b6fd6"/><path d="M4 6h8M4 10h5" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/></svg>',
)}`;

const head = (title: string, rest: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${icon}">
<script>${themeScript}</script>
${rest}
</head>`;

/** Fetched while the script still loads. */
const firstData = '<link rel="preload" as="fetch" href="/studio/api/catalog" crossorigin="anonymous">';

/**
 * The studio's page. `script` and `style` are addresses of its assets; `preload` those of the chunks its first view needs; `token` is what
 * the page acts with at first, and the reason why no cache may keep the page.
 */
export function studioPage(assets: {
  readonly script: string;
  readonly style: string;
  readonly preload: readonly string[];
  readonly token?: string;
}): Response {
  const links = assets.preload.map((href) => `<link rel="modulepreload" href="${href}">`).join('\n');
  const token = assets.token === undefined ? '' : `<meta name="hutch-token" content="${assets.token}">\n`;
  const rest = `${token}<link rel="stylesheet" href="${assets.style}">\n${links}\n${firstData}\n<script type="module" src="${assets.script}"></script>`;
  const body = `${head('Studio', rest)}
<body>
<div id="app"></div>
<noscript>The studio needs JavaScript.</noscript>
</body>
</html>
`;
  return html(body, themeScript);
}

/** The form that asks for the token; works without any script. */
export function loginPage(wrong: boolean): Response {
  const body = `${head('Sign in to the studio', `<style>${loginStyle}</style>`)}
<body>
<main>
<h1>Studio</h1>
<p>This server asks for its studio token (HUTCH_STUDIO_TOKEN).</p>
<form method="post" action="/studio/login">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${wrong ? ' aria-invalid="true" aria-describedby="wrong"' : ''}>
${wrong ? '<p id="wrong" role="alert">That is not the token.</p>' : ''}
<button>Open</button>
</form>
</main>
</body>
</html>
`;
  return html(body, themeScript, wrong ? 401 : 200);
}

const loginStyle = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#f6f6f4,#17181a);color:light-dark(#1d1f23,#e8e8e6)}
main{width:min(22rem,calc(100vw - 3rem))}h1{font-size:1.4rem;margin:0 0 .25rem}p{margin:0 0 1.25rem}
form{display:grid;gap:.5rem}input,button{font:inherit;padding:.55rem .7rem;border-radius:8px;border:1px solid light-dark(#8b8d92,#74777d);background:light-dark(#fff,#1f2023);color:inherit}
button{border:0;background:#2f62c9;color:#fff;margin-top:.5rem;cursor:pointer}[role=alert]{color:light-dark(#b3261e,#ff8a80);margin:0}`;
