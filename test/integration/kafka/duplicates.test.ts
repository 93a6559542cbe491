import { groupId, topicNames } from '../../../src/bus/kafka/options';
import { openFileNode } from '../../../src/runtime/fileNode';
import { KafkaDuty } from '../../../src/serve/kafkaDuty';
import { Sequencer } from '../../../src/serve/sequencer';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { Sender } from '../../support/kafka/topics';
import { ownTopics, Venue } from '../../support/kafka/venue';

jest.setTimeout(60_000);

describeWithBroker('commands that come again', () => {
  test('take the offset of the group along, though they leave no record', async () => {
    const options = ownTopics(await sharedBroker());
    const { node } = await openFileNode({ dataDirectory: Venue.freshDirectory(), snapshotEvery: 1_000_000 });
    const sequencer = new Sequencer(node, { timeSource: 'record', clock: Date.now });
    const failed = jest.fn();
    const duty = await KafkaDuty.start(node, sequencer, { kafka: options, onFailure: failed });
    const sender = await Sender.connect(options);
    const offset = () => sender.committedOffset(groupId(options), topicNames(options).commands);
    const committed = async (wanted: string) => {
      while ((await offset()) !== wanted) await new Promise((done) => setTimeout(done, 100));
    };
    const command = { commandId: 'a', type: 'AdvanceTime', data: {} };
    await sender.send([command]);
    await committed('1');
    const { revision } = node.journal.head;
    await sender.send([command, command, command]);
    await committed('4');
    expect(sequencer.counts).toMatchObject({ ACCEPTED: 1, DUPLICATE: 3 });
    expect(node.journal.head.revision).toBe(revision);
    expect(failed).not.toHaveBeenCalled();
    await sender.close();
    await duty.stop();
    await node.close();
  });
});
