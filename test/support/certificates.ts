import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Pair {
  readonly certPath: string;
  readonly keyPath: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority of its own in `directory`, good for two days, and what it signs for 127.0.0.1. */
export class Authority {
  readonly certPath: string;

  constructor(private readonly directory: string) {
    this.certPath = this.make('ca', []).certPath;
  }

  sign(name: string): Pair {
    const by = ['-CA', this.certPath, '-CAkey', join(this.directory, 'ca.key')];
    return this.make(name, [...by, '-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE']);
  }

  private make(name: string, options: readonly string[]): Pair {
    const [certPath, keyPath] = [join(this.directory, `${name}.pem`), join(this.directory, `${name}.key`)];
    const place = ['-days', '2', '-subj', `/CN=${name}`, '-keyout', keyPath, '-out', certPath];
    execFileSync('openssl', ['req', '-x509', ...NEW_KEY, ...options, ...place], { stdio: ['ignore', 'ignore', 'pipe'] });
    return { certPath, keyPath, cert: readFileSync(certPath), key: readFileSync(keyPath) };
  }
}
