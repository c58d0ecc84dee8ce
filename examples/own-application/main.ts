import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { connectMessages } from 'onauth-server/on-auth/messages';
import { ApplicationModule } from './application.module.js';

const { DATABASE_URL = 'sqlite:orders.db', TOKEN_SECRET = '', PORT = '8124', MESSAGES_PORT } = process.env;
const host = '127.0.0.1';
const app = await NestFactory.create<NestFastifyApplication>(
  ApplicationModule.forRoot({ database: DATABASE_URL, secret: TOKEN_SECRET }),
  new FastifyAdapter(),
);
if (MESSAGES_PORT) {
  connectMessages(app, { transport: Transport.TCP, options: { host, port: Number(MESSAGES_PORT) } });
  await app.startAllMicroservices();
}
await app.listen(Number(PORT), host);
process.stdout.write(`The application is up at ${await app.getUrl()}\n`);
