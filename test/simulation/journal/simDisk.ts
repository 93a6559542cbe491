import type { FileSystem, OpenFile } from '../../../src/journal/fileSystem';

const SECTOR = 512;

interface Inode {
  /** What reads see: the page cache. */
  cached: Uint8Array;
  /** What the platter holds. */
  stored: Uint8Array;
  dirty: Set<number>;
}

const inode = (): Inode => ({ cached: new Uint8Array(0), stored: new Uint8Array(0), dirty: new Set() });

const resized = (bytes: Uint8Array, length: number): Uint8Array => {
  const copy = new Uint8Array(length);
  copy.set(bytes.subarray(0, length));
  return copy;
};

function store(node: Inode): void {
  node.stored = resized(node.stored, node.cached.length);
  for (const sector of node.dirty) node.stored.set(node.cached.subarray(sector * SECTOR, (sector + 1) * SECTOR), sector * SECTOR);
  node.dirty.clear();
}

/** A small generator of 32-bit numbers, so that each crash is the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

export class Crash extends Error {}

export interface Faults {
  /** The call (counted from 1) at which the machine stops. A write is then half done. */
  crashAt?: number;
  /** An error for a call, by its number and name. */
  errorAt?: (call: number, operation: string) => Error | null;
  /** Writes take at most this many bytes. */
  longestWrite?: number;
}

/** A disk in memory that forgets what was not synced: unsynced sectors and names survive a crash or not, each by itself. */
export class SimDisk implements FileSystem {
  calls = 0;
  faults: Faults = {};
  private isDown = false;
  private names = new Map<string, Inode>();
  private storedNames = new Map<string, Inode>();

  constructor(private readonly random: () => number) {}

  /** What is left when the machine comes up again. */
  afterCrash(): SimDisk {
    const disk = new SimDisk(this.random);
    for (const path of new Set([...this.names.keys(), ...this.storedNames.keys()])) {
      const cached = this.names.get(path);
      const stored = this.storedNames.get(path);
      const survivor = cached === stored || this.random() % 2 === 0 ? stored : cached;
      if (survivor) disk.names.set(path, this.survive(survivor));
    }
    disk.storedNames = new Map(disk.names);
    return disk;
  }

  /** What a process that was killed leaves: the machine goes on, and what was not synced is in its cache alone. */
  afterKill(): SimDisk {
    const disk = new SimDisk(this.random);
    const copies = new Map<Inode, Inode>();
    const copy = (node: Inode): Inode => {
      const made = copies.get(node) ?? { cached: node.cached.slice(), stored: node.stored.slice(), dirty: new Set(node.dirty) };
      copies.set(node, made);
      return made;
    };
    for (const [path, node] of this.names) disk.names.set(path, copy(node));
    for (const [path, node] of this.storedNames) disk.storedNames.set(path, copy(node));
    return disk;
  }

  bytes(path: string): Uint8Array {
    return this.existing(path).cached;
  }

  paths(suffix: string): string[] {
    return [...this.names.keys()].filter((path) => path.endsWith(suffix)).sort();
  }

  flip(path: string, offset: number, mask: number): void {
    for (const side of [this.existing(path).cached, this.existing(path).stored]) side[offset] = (side[offset] as number) ^ mask;
  }

  /** Counts a call and lets its fault happen. Names the write that is cut short by a crash. */
  private enter(operation: string): 'whole' | 'half' {
    if (this.isDown) throw new Crash('the machine is down');
    this.calls++;
    const error = this.faults.errorAt?.(this.calls, operation);
    if (error) throw error;
    if (this.calls !== this.faults.crashAt) return 'whole';
    this.isDown = true;
    if (operation !== 'write') throw new Crash(`crash at ${operation}`);
    return 'half';
  }

  private survive(node: Inode): Inode {
    const longer = Math.max(node.cached.length, node.stored.length);
    const length = node.cached.length === node.stored.length || this.random() % 2 === 0 ? node.cached.length : node.stored.length;
    const bytes = resized(node.stored, longer);
    for (const sector of node.dirty) {
      if (this.random() % 2 === 0)
        bytes.set(resized(node.cached, longer).subarray(sector * SECTOR, (sector + 1) * SECTOR), sector * SECTOR);
    }
    const kept = resized(bytes, length);
    return { cached: kept.slice(), stored: kept.slice(), dirty: new Set() };
  }

  private existing(path: string): Inode {
    const node = this.names.get(path);
    if (!node) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
    return node;
  }

  async open(path: string, mode: 'create' | 'update' | 'read'): Promise<OpenFile> {
    this.enter('open');
    if (mode !== 'create') return this.file(this.existing(path));
    if (this.names.has(path)) throw Object.assign(new Error(`EEXIST: ${path}`), { code: 'EEXIST' });
    const node = inode();
    this.names.set(path, node);
    return this.file(node);
  }

  private file(node: Inode): OpenFile {
    return {
      read: async (into, position) => {
        this.enter('read');
        const part = node.cached.subarray(position, position + into.length);
        into.set(part);
        return part.length;
      },
      write: async (bytes, position) => {
        const isHalf = this.enter('write') === 'half';
        const length = Math.min(isHalf ? bytes.length >> 1 : bytes.length, this.faults.longestWrite ?? bytes.length);
        if (position + length > node.cached.length) node.cached = resized(node.cached, position + length);
        node.cached.set(bytes.subarray(0, length), position);
        for (let sector = Math.floor(position / SECTOR); sector * SECTOR < position + length; sector++) node.dirty.add(sector);
        if (isHalf) throw new Crash('crash in the middle of a write');
        return length;
      },
      dataSync: async () => {
        try {
          this.enter('dataSync');
        } catch (error) {
          // As Linux does: after a failed sync the pages count as clean, and the next sync reports success without them.
          if (!this.isDown) node.dirty.clear();
          throw error;
        }
        store(node);
      },
      truncate: async (length) => {
        this.enter('truncate');
        node.cached = resized(node.cached, length);
        for (const sector of node.dirty) if (sector * SECTOR >= length) node.dirty.delete(sector);
      },
      size: async () => node.cached.length,
      close: async () => undefined,
    };
  }

  async makeDirectory(): Promise<void> {}

  async list(path: string): Promise<string[]> {
    const prefix = `${path}/`;
    const names = [...this.names.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    return names.filter((name) => !name.includes('/'));
  }

  async rename(from: string, to: string): Promise<void> {
    this.enter('rename');
    this.names.set(to, this.existing(from));
    this.names.delete(from);
  }

  async remove(path: string): Promise<void> {
    this.enter('remove');
    this.existing(path);
    this.names.delete(path);
  }

  async syncDirectory(path: string): Promise<void> {
    this.enter('syncDirectory');
    const isInside = (name: string): boolean => name.startsWith(`${path}/`) && !name.slice(path.length + 1).includes('/');
    for (const name of [...this.storedNames.keys()]) if (isInside(name) && !this.names.has(name)) this.storedNames.delete(name);
    for (const [name, node] of this.names) if (isInside(name)) this.storedNames.set(name, node);
  }
}
