/**
 * @typedef {object} DemoKey
 * @property {string} key A key with scope ingest.
 * @property {boolean} isEmpty Whether no session has ever arrived.
 * @property {(text: string) => Promise<void>} takePolicies Puts the policies of a YAML file in force.
 * @property {() => Promise<void>} revoke
 */

/**
 * Signs in with a link's token and makes a key for the sample agents.
 *
 * @param {string} url The server.
 * @param {string} token
 * @returns {Promise<DemoKey>}
 */
export async function openDemoKey(url, token) {
  const signedIn = await call(url, 'POST', '/session', { token }, '');
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const identity = await signedIn.json();
  const made = await call(
    url,
    'POST',
    '/keys',
    { name: 'Sample agents', scopes: ['ingest'] },
    cookie,
  );
  const { id, key } = await made.json();
  return {
    key,
    isEmpty: identity.first_run === true,
    takePolicies: async (text) => {
      await call(url, 'POST', '/policies/import', { text }, cookie);
    },
    revoke: async () => {
      await call(url, 'DELETE', `/keys/${id}`, null, cookie);
      await call(url, 'DELETE', '/session', null, cookie);
    },
  };
}

/**
 * @param {string} url
 * @param {string} method
 * @param {string} path
 * @param {object | null} body
 * @param {string} cookie
 */
async function call(url, method, path, body, cookie) {
  const headers = {
    origin: url,
    cookie,
    ...(body === null ? {} : { 'content-type': 'application/json' }),
  };
  const request = { method, headers, ...(body === null ? {} : { body: JSON.stringify(body) }) };
  const answer = await fetch(`${url}/api/v1${path}`, request);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}
