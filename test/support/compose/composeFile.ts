import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../architecture/modules';

export interface HealthCheck {
  readonly test: readonly string[];
}

export interface Service {
  readonly build?: string;
  readonly image: string;
  readonly profiles: readonly string[];
  readonly user: string;
  readonly restart: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: HealthCheck;
  readonly privileged?: boolean;
  readonly networks?: { readonly default: { readonly aliases: readonly string[] } };
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, object>>;
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** `${NAME:-default}` as it reads when nobody sets NAME. */
function interpolated(text: string): string {
  return text.replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
}

export function composeFile(text = textOf('docker-compose.yml')): ComposeFile {
  return parse(interpolated(text), { merge: true }) as ComposeFile;
}

/** The services that start under these profiles. */
export function started(file: ComposeFile, profiles: readonly string[]): string[] {
  return Object.entries(file.services).flatMap(([name, service]) =>
    service.profiles.some((each) => profiles.includes(each)) ? [name] : [],
  );
}
