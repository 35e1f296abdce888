import { versionOf } from './library-version.ts';
import { observeRequest } from './observe-request.ts';
import type { Endpoint, Origin, Provider } from './provider.ts';

type Method = (...args: unknown[]) => unknown;
type Observe = (client: object) => object;

/**
 * A client that is the given one to whoever looks, and sends the requests of the provider's endpoints observed. The
 * client's own methods run on the client itself, so that its private fields are within their reach.
 */
export function wrapClient<T extends object>(client: T, provider: Provider, observe: Observe): T {
  const methods = new Map<unknown, unknown>();
  const resources = new WeakMap<object, object>();

  const originOf = rememberOrigin(provider);

  const post: Method = (path, options, ...rest) => {
    const send = (sent: unknown) => invoke(client, 'post', [path, sent, ...rest]);
    const known = typeof path === 'string' ? path.split('?')[0] : undefined;
    if (known === undefined || !Object.hasOwn(provider.endpoints, known)) return send(options);
    const endpoint = provider.endpoints[known];
    if (endpoint === undefined) return send(options);
    const address = String(Reflect.get(client, 'baseURL'));
    const origin = originOf(address, endpoint);
    const versionText = () => versionOf(client) ?? provider.library;
    return observeRequest(send, options, { endpoint, address, origin, versionText });
  };

  const withOptions: Method = (...args) => {
    const other = invoke(client, 'withOptions', args);
    return typeof other === 'object' && other !== null ? observe(other) : other;
  };

  const replaced: Readonly<Record<PropertyKey, Method>> = { post, withOptions };

  const methodOf = (key: PropertyKey, method: Method): unknown => {
    const known = methods.get(method);
    if (known !== undefined) return known;
    const instead = Object.hasOwn(replaced, key) ? replaced[key] : undefined;
    const bound = new Proxy(method, {
      apply: (_, self, args) =>
        instead ? instead(...args) : Reflect.apply(method, self === wrapped ? client : self, args),
    });
    methods.set(method, bound);
    return bound;
  };

  const resourceOf = (resource: object): object => {
    const known = resources.get(resource);
    if (known !== undefined) return known;
    const proxy = new Proxy(resource, {
      get: (target, key) => (key === '_client' ? wrapped : memberOf(target, key)),
    });
    resources.set(resource, proxy);
    return proxy;
  };

  const memberOf = (owner: object, key: PropertyKey): unknown => {
    const value: unknown = Reflect.get(owner, key, owner);
    const isOnTheWay = typeof key === 'string' && provider.resources.includes(key);
    if (!isOnTheWay || !isResource(value, client) || isFixed(owner, key)) return value;
    return resourceOf(value);
  };

  const wrapped: T = new Proxy(client, {
    get: (target, key) => {
      const value = memberOf(target, key);
      const isMethod = typeof value === 'function' && key !== 'constructor';
      return isMethod && !Object.hasOwn(target, key) ? methodOf(key, value as Method) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
  return wrapped;
}

/** Who answers, of the last call mostly: a client speaks to one address. */
function rememberOrigin(provider: Provider): Provider['originOf'] {
  let last: { address: string; endpoint: Endpoint; origin: Origin } | null = null;
  return (address, endpoint) => {
    if (last?.address !== address || last.endpoint !== endpoint) {
      last = { address, endpoint, origin: provider.originOf(address, endpoint) };
    }
    return last.origin;
  };
}

function invoke(client: object, key: string, args: readonly unknown[]): unknown {
  return Reflect.apply(Reflect.get(client, key) as Method, client, args);
}

/** A part of a client knows the client. */
function isResource(value: unknown, client: object): value is object {
  return typeof value === 'object' && value !== null && Reflect.get(value, '_client') === client;
}

/** What the language does not let a proxy answer otherwise: the fields of a frozen object. */
function isFixed(owner: object, key: PropertyKey): boolean {
  const field = Object.getOwnPropertyDescriptor(owner, key);
  return field !== undefined && !field.configurable && !field.writable;
}
