export { eventStoreConnection, type KafkaConnection, kafkaConnection, secretsOf } from './connections';
export { KAFKA_FLAGS, kafkaConnectionOf } from './kafkaFlags';
export { suggestion } from './names';
export { printedSettings, settingsHelp } from './print';
export { asksForHelp, type ReadSettings, readServeSettings, SettingsError } from './read';
export type { Origin, Origins } from './rules';
export { Secret } from './secret';
export { SETTINGS, type ServeSettings, type SettingName } from './table';
