import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { environmentNames } from '../server/src/config.ts';
import { openServer, type TestServer } from '../server/src/testing/open-server.ts';
import packageJson from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const folder = join(root, 'tools', 'deploy');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** Names of the environment in a text, without those that only a database image reads. */
function environmentOf(text: string): readonly string[] {
  const names = text.match(/\b(?:NIITAKA_[A-Z_]+|DATABASE_URL)\b/g) ?? [];
  return [...new Set(names)];
}

describe('tools/deploy/', () => {
  test('names only what the server reads from its environment', () => {
    const files = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isFile());
    const named = files.flatMap(({ name }) => environmentOf(read(name)));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !(name in environmentNames))).toEqual([]);
  });

  test('README.md leads to every file there', () => {
    const links = [...read('README.md').matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
    for (const link of links) expect(existsSync(join(folder, link)), link).toBe(true);
    const files = readdirSync(folder).filter(
      (name) => !/^README|dockerignore$|^grafana$/.test(name),
    );
    expect(files.filter((name) => !links.includes(name))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');
  const copies = lines.filter((line) => /^COPY (?!--from)/.test(line));

  test('copies what is there, and no .dockerignore rule leaves it out', () => {
    const kept = new Set(
      read('Dockerfile.dockerignore')
        .split('\n')
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1)),
    );
    const sources = copies.flatMap((line) => line.split(' ').slice(1, -1));
    expect(sources.length).toBeGreaterThan(10);
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(kept.has(source) || kept.has(source.split('/')[0] ?? ''), source).toBe(true);
    }
  });

  test('copies the package of every workspace, as the lock file wants', () => {
    const packages = copies.flatMap((line) => /^COPY (\S+)\/package\.json/.exec(line)?.[1] ?? []);
    expect(packages.toSorted()).toEqual(packageJson.workspaces.toSorted());
  });

  test('runs the program that is there, not as root, on the Node that is pinned', () => {
    const major = packageJson.devDependencies.node.split('.')[0];
    const bases = lines.filter((line) => line.startsWith('FROM '));
    expect(bases.map((line) => line.split(' ')[1])).toEqual(bases.map(() => `node:${major}-slim`));
    expect(lines).toContain('USER node');
    const command = JSON.parse(lines.find((line) => line.startsWith('CMD '))?.slice(4) ?? '[]');
    expect(command[0]).toBe('node');
    expect(existsSync(join(root, command[1]))).toBe(true);
  });
});

describe('compose.yaml', () => {
  const { services, volumes } = parse(read('compose.yaml'), { strict: true });

  test('builds this image, waits for its database, and keeps every volume it names', () => {
    const { niitaka, database } = services;
    expect(existsSync(join(folder, niitaka.build.context, niitaka.build.dockerfile))).toBe(true);
    expect(niitaka.depends_on).toEqual({ database: { condition: 'service_healthy' } });
    expect(database.healthcheck.test).toContain('pg_isready');
    expect([niitaka.read_only, niitaka.cap_drop]).toEqual([true, ['ALL']]);
    const used = [...niitaka.volumes, ...database.volumes].map((one: string) => one.split(':')[0]);
    expect(used.toSorted()).toEqual(Object.keys(volumes).toSorted());
  });

  test('reaches the database under its name, as the user and database that it makes', () => {
    const filled = services.niitaka.environment.DATABASE_URL.replace(/\$\{[^}]+\}/, 'secret');
    const url = new URL(filled);
    const { POSTGRES_USER, POSTGRES_DB } = services.database.environment;
    expect(Object.keys(services)).toContain(url.hostname);
    expect([url.username, url.pathname]).toEqual([POSTGRES_USER, `/${POSTGRES_DB}`]);
  });
});

describe('kubernetes.yaml', () => {
  const documents = parseAllDocuments(read('kubernetes.yaml'), { strict: true });
  const objects = documents.map((one) => one.toJS());
  const of = (kind: string) => objects.find((one) => one.kind === kind);
  const pod = () => of('Deployment').spec.template;
  const container = () => pod().spec.containers[0];

  test('is well-formed, and every selector finds the pods', () => {
    expect(documents.flatMap((one) => one.errors)).toEqual([]);
    expect(objects.map((one) => one.kind)).toEqual([
      'Deployment',
      'Service',
      'PodDisruptionBudget',
    ]);
    const { labels } = pod().metadata;
    expect(of('Deployment').spec.selector.matchLabels).toEqual(labels);
    expect(of('Service').spec.selector).toEqual(labels);
    expect(of('PodDisruptionBudget').spec.selector.matchLabels).toEqual(labels);
    const ports = container().ports.map((one: { name: string }) => one.name);
    expect(ports).toContain(of('Service').spec.ports[0].targetPort);
  });

  test('is replaced one by one, never below what it promises', () => {
    const { replicas, strategy } = of('Deployment').spec;
    expect(strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(of('PodDisruptionBudget').spec.minAvailable).toBeLessThan(replicas);
    const grace = pod().spec.terminationGracePeriodSeconds;
    // A server gives itself 10 s to answer what it has taken.
    expect(grace).toBeGreaterThan(container().lifecycle.preStop.sleep.seconds + 10);
  });

  test('may write where its data is mounted, and nowhere else', () => {
    expect(container().securityContext.readOnlyRootFilesystem).toBe(true);
    const [mount] = container().volumeMounts;
    expect(read('Dockerfile')).toContain(`NIITAKA_DATA=${mount.mountPath}`);
    expect(pod().spec.volumes.map((one: { name: string }) => one.name)).toEqual([mount.name]);
  });
});

test('niitaka.service starts the program that is there, with settings systemd can read', () => {
  const lines = read('niitaka.service')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = lines.filter((line) => !/^\[(?:Unit|Service|Install)\]$|^[A-Z]\w+=/.test(line));
  expect(wrong).toEqual([]);
  const start = lines.find((line) => line.startsWith('ExecStart=')) ?? '';
  const script = start.split(' ')[1]?.replace('/opt/niitaka/', '') ?? '';
  expect(existsSync(join(root, script)), script).toBe(true);
});

describe('against a real server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openServer();
  });
  afterAll(() => server.close());

  test('grafana/niitaka.json names only metrics that /metrics gives', async () => {
    const dashboard = JSON.parse(read('grafana/niitaka.json'));
    const expressions: string[] = dashboard.panels.flatMap(
      ({ targets }: { targets: { expr: string }[] }) => targets.map(({ expr }) => expr),
    );
    const named = expressions.flatMap((text) => text.match(/\b(?:niitaka|process)_\w+/g) ?? []);
    const { text } = await server.ask('GET', '/metrics');
    const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
    const given = new Set(
      types.flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    expect(new Set(named).size).toBeGreaterThan(25);
    expect(named.filter((name) => !given.has(name))).toEqual([]);
    // Nothing that is measured is left out, but bytes, which stand beside records and messages.
    const shown = types.map(([, name = '']) => name);
    const unshown = shown.filter((name) => !named.some((one) => one.startsWith(name)));
    expect(unshown.filter((name) => !/_bytes_total$|^process_uptime/.test(name))).toEqual([]);
  });

  test('every probe of kubernetes.yaml is answered, under any host', async () => {
    const [deployment] = parseAllDocuments(read('kubernetes.yaml')).map((one) => one.toJS());
    const [container] = deployment.spec.template.spec.containers;
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
    for (const { httpGet } of probes) {
      expect(httpGet.port).toBe('http');
      const answer = await server.ask('GET', httpGet.path, { key: null });
      expect([httpGet.path, answer.status]).toEqual([httpGet.path, 200]);
    }
  });
});
