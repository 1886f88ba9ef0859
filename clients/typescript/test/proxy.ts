// What a network does to a connection: a TCP proxy that can swallow answers and break connections.

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export class Proxy {
  readonly url: string;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #losses = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  static async to(url: string): Promise<Proxy> {
    const { hostname, port } = new URL(url);
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const proxy = new Proxy(server);
    server.on("connection", (client) => proxy.#serve(client, connect(Number(port), hostname)));
    return proxy;
  }

  /** The next answers, so many of them, are read from the server and never arrive. */
  loseAnswers(count: number): void {
    this.#losses = count;
  }

  /** Breaks all connections there are. */
  breakAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async stop(): Promise<void> {
    this.breakAll();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(client: Socket, server: Socket): void {
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#open.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#open.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (data) => server.write(data));
    server.on("data", (data) => {
      if (this.#losses === 0) return client.write(data);
      this.#losses -= 1;
      return client.destroy();
    });
  }
}
