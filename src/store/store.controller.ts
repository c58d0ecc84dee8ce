import { Controller, Delete, Get, HttpCode, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { sendJson } from '../http/json.reply.js';
import { sendPage } from '../http/page.js';
import { Documented, PAGE_HEADERS } from '../http/documented.decorator.js';
import { Authorize, Authorized } from '../on-auth/index.js';
import { GetItem, ItemAddress, deleteItem, getItem } from './dto/item-address.dto.js';
import { ListNamespaces, listNamespaces } from './dto/list-namespaces.dto.js';
import { PutItem, putItem } from './dto/put-item.dto.js';
import { SearchItems, searchItems } from './dto/search-items.dto.js';
import { StoreService } from './store.service.js';
import { FOUND_ITEMS, ITEM, NAMESPACES } from './store.schemas.js';

@Controller('store')
export class StoreController {
  constructor(private readonly store: StoreService) {}

  @Put('items')
  @HttpCode(204)
  @Authorize('store', 'put', putItem)
  @Documented('Keeps an item', { answers: 'nothing' })
  put(@Authorized() item: PutItem) {
    return this.store.put(item);
  }

  @Get('items')
  @Authorize('store', 'get', getItem)
  @Documented('Reads an item; null where there is none', { answers: ITEM })
  async get(@Authorized() address: GetItem, @Res({ passthrough: true }) reply: FastifyReply) {
    return sendJson(reply, await this.store.get(address));
  }

  @Delete('items')
  @HttpCode(204)
  @Authorize('store', 'delete', deleteItem)
  @Documented('Deletes an item', { answers: 'nothing' })
  delete(@Authorized() address: ItemAddress) {
    return this.store.delete(address);
  }

  @Post('items/search')
  @HttpCode(200)
  @Authorize('store', 'search', searchItems)
  @Documented('Finds items, also by what they mean', { answers: FOUND_ITEMS, headers: PAGE_HEADERS })
  async search(@Authorized() search: SearchItems, @Res({ passthrough: true }) reply: FastifyReply) {
    return { items: await sendPage(reply, this.store.search(search)) };
  }

  @Post('namespaces')
  @HttpCode(200)
  @Authorize('store', 'list_namespaces', listNamespaces)
  @Documented('Lists namespaces', { answers: NAMESPACES, headers: PAGE_HEADERS })
  async listNamespaces(
    @Authorized() search: ListNamespaces,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return { namespaces: await sendPage(reply, this.store.listNamespaces(search)) };
  }
}
