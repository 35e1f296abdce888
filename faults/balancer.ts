import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A balancer of connections on loopback: each goes to the next server that takes it. */
export interface Balancer {
  readonly url: string;
  /** Sends connections to these from now on. */
  turnTo(urls: readonly string[]): void;
  close(): Promise<void>;
}

/** Opens a balancer that knows no server yet; it is not told when one of them ends. */
export async function openBalancer(): Promise<Balancer> {
  let targets: readonly string[] = [];
  let turn = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    turn += 1;
    join(client, targets, turn, targets.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    turnTo(urls) {
      targets = urls;
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Joins a client to the server whose turn it is, or to the one after it where that one refuses. */
function join(client: Socket, targets: readonly string[], turn: number, tries: number): void {
  const target = targets[turn % targets.length];
  if (target === undefined || tries === 0) return void client.destroy();
  const { hostname, port } = new URL(target);
  const server = connect(Number(port), hostname);
  server.once('connect', () => {
    client.pipe(server).pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  server.on('error', () => {
    if (server.connecting || server.bytesRead + server.bytesWritten === 0) {
      join(client, targets, turn + 1, tries - 1);
    } else client.destroy();
  });
}
