import type { PriceBands, Tier } from './commands';
import { type Fields, Refusal, readLeverage, readNonNegative, readRate, refuse, refuseShape } from './fieldChecks';
import { refuseUnknown } from './unknownFields';

export const MOST_TIERS = 100;
const TIER_FIELDS = ['floor', 'maxLeverage', 'maintenanceRate'];
const BAND_FIELDS = ['aggressive', 'passive'];

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readTier(value: unknown, field: string): Tier | Refusal {
  if (!isObject(value)) return refuseShape(field, 'an object { floor, maxLeverage, maintenanceRate }', value);
  const unknown = refuseUnknown(value, TIER_FIELDS, `${field}.`);
  if (unknown !== undefined) return unknown;
  const floor = readNonNegative(value.floor);
  if (floor === undefined) return refuse(`${field}.floor`, 'nonNegative', value.floor);
  const maxLeverage = readLeverage(value.maxLeverage);
  if (maxLeverage === undefined) return refuse(`${field}.maxLeverage`, 'leverage', value.maxLeverage);
  const maintenanceRate = readRate(value.maintenanceRate);
  if (maintenanceRate === undefined) return refuse(`${field}.maintenanceRate`, 'rate', value.maintenanceRate);
  return { floor, maxLeverage, maintenanceRate };
}

export function readTiers(value: unknown, field: string): readonly Tier[] | Refusal {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_TIERS) {
    return refuseShape(field, `an array of 1 to ${MOST_TIERS} tiers { floor, maxLeverage, maintenanceRate }`, value);
  }
  const tiers: Tier[] = [];
  for (let index = 0; index < value.length; index++) {
    const tier = readTier(value[index], `${field}[${index}]`);
    if (tier instanceof Refusal) return tier;
    tiers.push(tier);
  }
  return tiers;
}

export function readPriceBands(value: unknown, field: string): PriceBands | Refusal {
  if (!isObject(value)) return refuseShape(field, 'an object { aggressive, passive }', value);
  const unknown = refuseUnknown(value, BAND_FIELDS, `${field}.`);
  if (unknown !== undefined) return unknown;
  const aggressive = readNonNegative(value.aggressive);
  if (aggressive === undefined) return refuse(`${field}.aggressive`, 'nonNegative', value.aggressive);
  const passive = readNonNegative(value.passive);
  if (passive === undefined) return refuse(`${field}.passive`, 'nonNegative', value.passive);
  return { aggressive, passive };
}
