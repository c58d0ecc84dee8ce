/** Addresses are relative, so that the page works behind a prefix too. */
export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>OnAuth Server</title>
    <link rel="stylesheet" href="./docs/swagger-ui.css" />
    <link rel="icon" href="data:," />
  </head>
  <body>
    <main id="docs"></main>
    <script defer src="./docs/swagger-ui-bundle.js"></script>
    <script defer src="./docs/page.js"></script>
  </body>
</html>
`;

/** A token is forgotten with the page, and the document is checked by nobody else. */
export const PAGE_SCRIPT = `SwaggerUIBundle({
  url: './openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  docExpansion: 'list',
  persistAuthorization: false,
  queryConfigEnabled: false,
  validatorUrl: null,
});
`;
