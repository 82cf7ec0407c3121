// A connection to a node: calls and notices over one WebSocket, which comes back by itself. Must
// never know what a page shows.

/** What a node refused, in its words and, from Carbyne, with its reason. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly reason?: string,
    readonly data?: unknown,
  ) {
    super(message);
  }
}

/** How a connection is. */
export type Link = "connecting" | "open" | "lost";

interface Waiting {
  resolve: (value: any) => void;
  reject: (error: Error) => void;
  sent: number;
}

/** Milliseconds until the first new try, doubled each time. */
const RETRY_FIRST = 500;
const RETRY_MOST = 15_000;
/** Milliseconds after which an answer is not waited for any longer. */
const PATIENCE = 20_000;

/** A node. */
export class Node {
  link: Link = "connecting";
  /** Milliseconds that the last answer took. */
  latency = 0;
  private socket?: WebSocket;
  private next = 1;
  private waiting = new Map<number, Waiting>();
  private callbacks = new Map<number, { args: any[]; method: string; heard: (told: any) => void }>();
  private retry = RETRY_FIRST;
  private timer?: ReturnType<typeof setTimeout>;
  private queue: (() => void)[] = [];
  private isOver = false;

  constructor(
    readonly url: string,
    private readonly changed: () => void,
  ) {
    this.connect();
  }

  private connect(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.retry = RETRY_FIRST;
      this.link = "open";
      for (const [id, { method, args }] of this.callbacks) this.subscribeNow(id, method, args);
      this.queue.splice(0).forEach((send) => send());
      this.changed();
    };
    socket.onmessage = (message) => this.hear(String(message.data));
    socket.onclose = () => this.lose();
  }

  private lose(): void {
    if (this.isOver) return;
    this.link = "lost";
    const lost = new Refusal("the connection was lost");
    for (const one of this.waiting.values()) one.reject(lost);
    this.waiting.clear();
    this.timer = setTimeout(() => this.connect(), this.retry);
    this.retry = Math.min(this.retry * 2, RETRY_MOST);
    this.changed();
  }

  /** Ends the connection for good. */
  close(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  private hear(text: string): void {
    const said = JSON.parse(text);
    if (said.method === "notice") {
      const [id, told] = said.params as [number, any];
      this.callbacks.get(id)?.heard(told);
      return;
    }
    const one = this.waiting.get(said.id);
    if (!one) return;
    this.waiting.delete(said.id);
    this.latency = Math.round(performance.now() - one.sent);
    if (said.error) {
      const data = said.error.data;
      one.reject(new Refusal(data?.explanation ?? said.error.message, data?.reason, data));
    } else {
      one.resolve(said.result);
    }
  }

  /** Calls a method; waits for the connection if there is none. */
  call<T = any>(api: string, method: string, args: unknown[] = []): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const send = () => {
        const id = this.next++;
        this.waiting.set(id, { resolve, reject, sent: performance.now() });
        const request = { id, method: "call", params: [api, method, args] };
        this.socket!.send(JSON.stringify(request));
        setTimeout(() => {
          if (this.waiting.delete(id)) reject(new Refusal("the node does not answer"));
        }, PATIENCE);
      };
      if (this.link === "open") send();
      else this.queue.push(send);
    });
  }

  /** A method of the database. */
  db<T = any>(method: string, ...args: unknown[]): Promise<T> {
    return this.call<T>("database", method, args);
  }

  /** Has a method of the database tell something later, also after the connection came back. */
  subscribe(method: string, args: any[], heard: (told: any) => void): () => void {
    const id = 100 + this.next++;
    this.callbacks.set(id, { method, args, heard });
    if (this.link === "open") this.subscribeNow(id, method, args);
    return () => {
      this.callbacks.delete(id);
      if (method !== "subscribe_to_market" || this.link !== "open") return;
      this.db("unsubscribe_from_market", ...args).catch(() => undefined);
    };
  }

  private subscribeNow(id: number, method: string, args: any[]): void {
    this.db(method, id, ...args).catch(() => undefined);
  }
}

/** Where the page's node is: in the address (?node=wss://…), else where the page came from. */
export function nodeUrl(location: Location): string {
  const asked = new URLSearchParams(location.search).get("node");
  if (asked && /^wss?:\/\//.test(asked)) return asked;
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`;
}
