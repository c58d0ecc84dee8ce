import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApplicationModule } from './application.module.js';

const { DATABASE_URL = 'sqlite:orders.db', TOKEN_SECRET = '', PORT = '8124' } = process.env;
const app = await NestFactory.create<NestFastifyApplication>(
  ApplicationModule.forRoot({ database: DATABASE_URL, secret: TOKEN_SECRET }),
  new FastifyAdapter(),
);
await app.listen(Number(PORT), '127.0.0.1');
process.stdout.write(`The application is up at ${await app.getUrl()}\n`);
