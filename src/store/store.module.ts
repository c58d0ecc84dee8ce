import { Module } from '@nestjs/common';
import { StoreController } from './store.controller.js';
import { StoreService } from './store.service.js';
import { StoreSweeper } from './store.sweeper.js';

/** The routes of the store. Its items, which graphs use as well, are those of the `GraphsModule`. */
@Module({ controllers: [StoreController], providers: [StoreService, StoreSweeper] })
export class StoreModule {}
