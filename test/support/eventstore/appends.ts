import shared from '@eventstore/db-client/generated/shared_pb';
import statusMessages from '@eventstore/db-client/generated/status_pb';
import streamMessages from '@eventstore/db-client/generated/streams_pb';
import type { ServerDuplexStream, ServerReadableStream, sendUnaryData } from '@grpc/grpc-js';
import anyMessages from 'google-protobuf/google/protobuf/any_pb';
import protobufEmpty from 'google-protobuf/google/protobuf/empty_pb';
import type { AppendFate, Faults } from './faults';
import { type Appended, type Expected, MAX_APPEND_BYTES, type Proposed, type Streams } from './streams';
import { expectedOf, nameOf, refusalOf } from './wire';

type BatchCall = ServerDuplexStream<streamMessages.BatchAppendReq, streamMessages.BatchAppendResp>;
type AnyProposed = streamMessages.BatchAppendReq.ProposedMessage | streamMessages.AppendReq.ProposedMessage;

const kill = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
};

function proposedOf(message: AnyProposed): Proposed {
  return {
    id: message.getId()?.getString() ?? '',
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? 'application/octet-stream',
    data: Buffer.from(message.getData_asU8()),
    metadata: Buffer.from(message.getCustomMetadata_asU8()),
  };
}

function packed(message: { serializeBinary(): Uint8Array }, name: string) {
  const any = new anyMessages.Any();
  any.pack(message.serializeBinary(), name);
  return any;
}

function errorOf(outcome: Exclude<Appended, { kind: 'SUCCESS' }>) {
  const error = new statusMessages.Status();
  switch (outcome.kind) {
    case 'WRONG_EXPECTED_VERSION': {
      const wrong = new shared.WrongExpectedVersion();
      if (outcome.current === undefined) wrong.setCurrentNoStream(new protobufEmpty.Empty());
      else wrong.setCurrentStreamRevision(String(outcome.current));
      if (outcome.expected === 'any') wrong.setExpectedAny(new protobufEmpty.Empty());
      else if (outcome.expected === 'no_stream') wrong.setExpectedNoStream(new protobufEmpty.Empty());
      else if (outcome.expected === 'stream_exists') wrong.setExpectedStreamExists(new protobufEmpty.Empty());
      else wrong.setExpectedStreamPosition(String(outcome.expected));
      error.setDetails(packed(wrong, 'event_store.client.WrongExpectedVersion'));
      break;
    }
    case 'STREAM_DELETED':
      error.setDetails(packed(new shared.StreamDeleted(), 'event_store.client.StreamDeleted'));
      break;
    case 'TOO_LARGE': {
      const tooLarge = new shared.MaximumAppendSizeExceeded();
      tooLarge.setMaxappendsize(MAX_APPEND_BYTES);
      error.setDetails(packed(tooLarge, 'event_store.client.MaximumAppendSizeExceeded'));
      break;
    }
    case 'BAD_REQUEST':
      error.setMessage('BadRequest');
      error.setDetails(packed(new shared.BadRequest(), 'event_store.client.BadRequest'));
  }
  return error;
}

interface Gathering {
  readonly options: streamMessages.BatchAppendReq.Options;
  readonly proposed: Proposed[];
}

/** The batch path: one stream of requests, answered in order. */
export function batchAppend(streams: Streams, faults: Faults): (call: BatchCall) => void {
  return (call) => {
    const gathering = new Map<string, Gathering>();
    call.on('data', (request: streamMessages.BatchAppendReq) => {
      const correlation = request.getCorrelationId() as shared.UUID;
      const key = correlation.getString();
      const options = request.getOptions();
      const gathered = gathering.get(key) ?? { options: options as streamMessages.BatchAppendReq.Options, proposed: [] };
      gathering.set(key, gathered);
      for (const message of request.getProposedMessagesList()) gathered.proposed.push(proposedOf(message));
      if (!request.getIsFinal()) return;
      gathering.delete(key);
      answer(call, streams, faults, correlation, gathered);
    });
    call.on('end', () => call.end());
    call.on('error', () => undefined);
  };
}

function answer(call: BatchCall, streams: Streams, faults: Faults, correlation: shared.UUID, { options, proposed }: Gathering): void {
  const fate = faults.next();
  if (fate === 'DIE_BEFORE') kill();
  if (fate === 'CUT_BEFORE') {
    cut(call);
    return;
  }
  const deadline = options.getDeadline()?.toDate().getTime() ?? Number.POSITIVE_INFINITY;
  const name = nameOf(options.getStreamIdentifier());
  const expected = expectedOf(options, options.getStreamPosition());
  const response = new streamMessages.BatchAppendResp();
  response.setCorrelationId(correlation);
  response.setStreamIdentifier(options.getStreamIdentifier());
  if (deadline < Date.now()) {
    const error = new statusMessages.Status();
    error.setDetails(packed(new shared.Timeout(), 'event_store.client.Timeout'));
    response.setError(error);
  } else {
    fill(response, streams.append(name, expected, proposed));
  }
  if (fate === 'DIE_AFTER') kill();
  if (fate === 'CUT_AFTER') {
    cut(call);
    return;
  }
  reply(call, response, fate, faults.delay);
}

function cut(call: BatchCall): void {
  call.destroy();
}

function reply(call: BatchCall, response: streamMessages.BatchAppendResp, fate: AppendFate, delay: number): void {
  if (fate === 'LOSE_REPLY') return;
  const write = () => {
    call.write(response);
    if (fate === 'DOUBLE_REPLY') call.write(response);
  };
  if (delay === 0) write();
  else setTimeout(write, delay);
}

function fill(response: streamMessages.BatchAppendResp, outcome: Appended): void {
  if (outcome.kind !== 'SUCCESS') {
    response.setError(errorOf(outcome));
    return;
  }
  const success = new streamMessages.BatchAppendResp.Success();
  success.setCurrentRevision(String(outcome.revision));
  if (outcome.position === undefined) {
    success.setNoPosition(new protobufEmpty.Empty());
  } else {
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    success.setPosition(position);
  }
  response.setSuccess(success);
}

/** The unary path, which the client takes for calls with credentials. */
export function unaryAppend(streams: Streams, faults: Faults) {
  return (
    call: ServerReadableStream<streamMessages.AppendReq, streamMessages.AppendResp>,
    done: sendUnaryData<streamMessages.AppendResp>,
  ) => {
    let options: streamMessages.AppendReq.Options | undefined;
    const proposed: Proposed[] = [];
    call.on('data', (request: streamMessages.AppendReq) => {
      const message = request.getProposedMessage();
      if (message === undefined) options = request.getOptions();
      else proposed.push(proposedOf(message));
    });
    call.on('error', () => undefined);
    call.on('end', () => {
      if (options === undefined) return;
      faults.next();
      const name = nameOf(options.getStreamIdentifier());
      const expected = expectedOf(options, options.getRevision());
      answerUnary(name, expected, streams.append(name, expected, proposed), done);
    });
  };
}

function answerUnary(name: string, expected: Expected, outcome: Appended, done: sendUnaryData<streamMessages.AppendResp>): void {
  const response = new streamMessages.AppendResp();
  if (outcome.kind === 'SUCCESS') {
    const success = new streamMessages.AppendResp.Success();
    success.setCurrentRevision(String(outcome.revision));
    if (outcome.position === undefined) {
      success.setNoPosition(new shared.Empty());
    } else {
      const position = new streamMessages.AppendResp.Position();
      position.setCommitPosition(String(outcome.position));
      position.setPreparePosition(String(outcome.position));
      success.setPosition(position);
    }
    response.setSuccess(success);
  } else if (outcome.kind === 'WRONG_EXPECTED_VERSION') {
    const wrong = new streamMessages.AppendResp.WrongExpectedVersion();
    if (outcome.current === undefined) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(outcome.current));
    if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
    else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
    else wrong.setExpectedRevision(String(expected));
    response.setWrongExpectedVersion(wrong);
  } else {
    done(refusalOf(name, outcome));
    return;
  }
  done(null, response);
}
