/** The shop as a whole. Loading this module registers every element on `domain`. */
export { actingAs } from "./acting-as";
export { Address } from "./address";
export { Article } from "./catalogue/article";
export { ArticleCommandHandler } from "./catalogue/article-command-handler";
export {
  DiscardDraft,
  DraftArticle,
  PublishArticle,
  ShowPicture,
  WithdrawArticle,
  WriteText,
} from "./catalogue/article-commands";
export { ArticlePublished, ArticleWithdrawn } from "./catalogue/article-events";
export { catalogue } from "./catalogue/catalogue";
export { Picture } from "./catalogue/picture";
export { Fulfilment } from "./fulfilment/fulfilment";
export { FulfilmentCommandHandler } from "./fulfilment/fulfilment-command-handler";
export { CancelOrder, ExpireOrder, PlaceOrder, ReturnOrder, ShipOrder } from "./fulfilment/fulfilment-commands";
export { domain } from "./mercato";
export { type Currency, Money } from "./money";
export { Coupon } from "./order/coupon";
export { OrdersOfTheFirstRelease } from "./order/history/order-snapshot-migration";
export {
  AddressesHaveParts,
  LinesAreEntities,
  OrdersHaveACurrency,
  PricesAreMoney,
} from "./order/history/order-upcasters";
export { type OpenOrder, OpenOrders } from "./order/open-orders";
export { Order } from "./order/order";
export { OrderCommandHandler } from "./order/order-command-handler";
export {
  AddLine,
  ChangeQuantity,
  ConfirmDelivery,
  GiveAddress,
  PayOrder,
  RedeemCoupon,
  RemoveLine,
  StartOrder,
} from "./order/order-commands";
export {
  AddressGiven,
  CouponRedeemed,
  LineAdded,
  LineRemoved,
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderPlaced,
  OrderReturned,
  OrderShipped,
  OrderStarted,
  QuantityChanged,
} from "./order/order-events";
export { OrderLine } from "./order/order-line";
export { FindOrders, OrderQueryHandler } from "./order/order-list";
export { OrderRow } from "./order/order-row";
export { Refund } from "./payment/refund";
export { RefundCommandHandler } from "./payment/refund-command-handler";
export { RefundPayment } from "./payment/refund-commands";
export { PaymentRefunded } from "./payment/refund-events";
export { Purchase } from "./purchase/purchase";
export { Shipment } from "./shipment/shipment";
export { ShipmentCommandHandler } from "./shipment/shipment-command-handler";
export { BookShipment, CallOffShipment } from "./shipment/shipment-commands";
export { ShipmentBooked, ShipmentCalledOff } from "./shipment/shipment-events";
export { shopClock } from "./shop-clock";
export { Reservation } from "./stock/reservation";
export { StockCommandHandler } from "./stock/stock-command-handler";
export { CountStock, ListItem, ReceiveStock } from "./stock/stock-commands";
export {
  ItemListed,
  ReservationReleased,
  ReservationShipped,
  StockCounted,
  StockReceived,
  StockReserved,
} from "./stock/stock-events";
export { StockItem } from "./stock/stock-item";
