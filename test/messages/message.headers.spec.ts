import { describe, expect, it } from '@jest/globals';
import {
  KafkaContext,
  MqttContext,
  NatsContext,
  RedisContext,
  RmqContext,
  TcpContext,
} from '@nestjs/microservices';
import { messageHeadersOf } from '../../src/on-auth/message.headers.js';

const authorization = 'Bearer token';
const context = (type: abstract new (...args: never[]) => object, ...args: readonly unknown[]): object =>
  Reflect.construct(type, [args]) as object;

describe('what comes with a message', () => {
  it.each([
    ['TCP', context(TcpContext, {}, 'pattern', { authorization })],
    ['Redis', context(RedisContext, 'channel', { authorization })],
    ['NATS', context(NatsContext, 'subject', new Map([['authorization', [authorization]]]))],
    ['MQTT', context(MqttContext, 'topic', { properties: { userProperties: { authorization } } })],
    ['RabbitMQ', context(RmqContext, { properties: { headers: { authorization } } }, {}, 'pattern')],
    ['Kafka', context(KafkaContext, { headers: { authorization: Buffer.from(authorization) } })],
    ['gRPC', { getMap: () => ({ authorization }) }],
  ])('is read from the context of %s', (_, from) => {
    expect(messageHeadersOf(from)).toEqual({ authorization });
  });

  it.each([
    ['no context', undefined],
    ['a text', 'authorization'],
    ['a context without metadata', context(TcpContext, {}, 'pattern')],
    [
      'two values',
      context(NatsContext, 'subject', new Map([['authorization', [authorization, 'Bearer x']]])),
    ],
    ['two spellings', { getMetadata: () => ({ authorization, Authorization: 'Bearer x' }) }],
    ['two spellings, one of them of no text', { getMetadata: () => ({ authorization, Authorization: 7 }) }],
    ['no context at all', null],
    ['a context of nothing', {}],
    ['metadata that is null', { getMetadata: () => null }],
    ['metadata that is text', { getMetadata: () => authorization }],
    ['a list of texts, which could be read as pairs', { getHeaders: () => ['ab', 'cd'] }],
    ['a list of pairs whose name is no text', { getHeaders: () => [[7, authorization], []] }],
    ['a packet without properties', context(MqttContext, 'topic', {})],
    ['no packet', { getPacket: () => undefined }],
    ['a message without headers', { getMessage: () => ({ properties: {} }) }],
    ['no message', { getMessage: () => undefined }],
    ['no text', { getMetadata: () => ({ authorization: { toString: () => authorization } }) }],
  ])('is nothing where it is doubtful: %s', (_, from) => {
    expect(messageHeadersOf(from)).toStrictEqual({});
  });

  it('has names in lower case', () => {
    expect(messageHeadersOf({ getHeaders: () => ({ Authorization: authorization }) })).toEqual({
      authorization,
    });
  });
});
