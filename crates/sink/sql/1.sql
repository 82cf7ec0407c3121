-- Version 1 of the schema. Runs once, with the schema first in the search path.
--
-- There are no foreign keys: rows are written and deleted block by block in one transaction, and checking every key would halve
-- the speed of catching up. What only speeds up queries is in indexes.sql, which comes when the database has caught up.

CREATE TABLE meta (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    version smallint NOT NULL,
    chain_id bytea
);
COMMENT ON TABLE meta IS 'What this schema is: one row.';
COMMENT ON COLUMN meta.is_only IS 'Keeps it one row.';
COMMENT ON COLUMN meta.version IS 'Version of the schema; `carbyne sink postgres init` raises it.';
COMMENT ON COLUMN meta.chain_id IS 'The chain: set by the first node that writes, others are refused from then on.';

CREATE TABLE position (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    block bigint NOT NULL,
    id bytea NOT NULL,
    is_indexed boolean NOT NULL
);
COMMENT ON TABLE position IS
    'Where the history ends: one row, changed in the transaction that writes blocks, and locked by it, so that several nodes may write.';
COMMENT ON COLUMN position.is_only IS 'Keeps it one row.';
COMMENT ON COLUMN position.block IS 'Number of the newest block; 0 before the first.';
COMMENT ON COLUMN position.id IS 'Id of that block, 20 bytes.';
COMMENT ON COLUMN position.is_indexed IS 'Whether the history has caught up once, so that the indexes for queries are there.';
INSERT INTO position (block, id, is_indexed) VALUES (0, decode(repeat('00', 20), 'hex'), false);

CREATE TABLE blocks (
    number bigint PRIMARY KEY,
    id bytea NOT NULL,
    time timestamptz NOT NULL,
    witness bigint NOT NULL,
    transactions integer NOT NULL,
    operations integer NOT NULL,
    first_operation bigint
);
COMMENT ON TABLE blocks IS 'Blocks of the chain, without gaps; blocks of a branch that was left are gone.';
COMMENT ON COLUMN blocks.number IS 'Number, from 1.';
COMMENT ON COLUMN blocks.id IS 'Id, 20 bytes.';
COMMENT ON COLUMN blocks.time IS 'When its slot began.';
COMMENT ON COLUMN blocks.witness IS 'N of 1.6.N, who made it.';
COMMENT ON COLUMN blocks.transactions IS 'How many transactions it holds.';
COMMENT ON COLUMN blocks.operations IS 'How many operations were applied, virtual ones included.';
COMMENT ON COLUMN blocks.first_operation IS 'Id of the first of them; null if there is none.';

CREATE TABLE transactions (
    block bigint NOT NULL,
    trx_in_block integer NOT NULL,
    id bytea NOT NULL,
    PRIMARY KEY (block, trx_in_block)
);
COMMENT ON TABLE transactions IS 'Where transactions stand.';
COMMENT ON COLUMN transactions.block IS 'Number of the block.';
COMMENT ON COLUMN transactions.trx_in_block IS 'Place in the block, from 0.';
COMMENT ON COLUMN transactions.id IS 'Id, 20 bytes: WHERE id = ''\xd01d…''.';

CREATE TABLE operation_types (
    op_type smallint PRIMARY KEY,
    name text NOT NULL,
    is_virtual boolean NOT NULL
);
COMMENT ON TABLE operation_types IS 'Names of the types of operations.';
COMMENT ON COLUMN operation_types.op_type IS 'Type, as in the JSON form of operations.';
COMMENT ON COLUMN operation_types.name IS 'Name, such as transfer.';
COMMENT ON COLUMN operation_types.is_virtual IS 'Whether it is only ever caused, never sent.';

CREATE TABLE operations (
    id bigint PRIMARY KEY,
    block bigint NOT NULL,
    virtual_op bigint NOT NULL,
    time timestamptz NOT NULL,
    trx_in_block integer NOT NULL,
    op_in_trx integer NOT NULL,
    op_type smallint NOT NULL,
    is_virtual boolean NOT NULL,
    op jsonb NOT NULL,
    result jsonb NOT NULL
);
COMMENT ON TABLE operations IS 'Every operation that was applied, in order.';
COMMENT ON COLUMN operations.id IS 'N of 1.11.N.';
COMMENT ON COLUMN operations.block IS 'Number of the block.';
COMMENT ON COLUMN operations.virtual_op IS 'How many operations the same operation had caused before.';
COMMENT ON COLUMN operations.time IS 'Time of the block.';
COMMENT ON COLUMN operations.trx_in_block IS
    'Which transaction of the block caused it; the number of transactions if the end of the block did.';
COMMENT ON COLUMN operations.op_in_trx IS 'Which operation of the transaction caused it.';
COMMENT ON COLUMN operations.op_type IS 'Type: see operation_types.';
COMMENT ON COLUMN operations.is_virtual IS 'Whether it was caused, not sent.';
COMMENT ON COLUMN operations.op IS
    'The operation as the API shows it, without its type in front. Amounts beyond 32 bits are text: (op->''amount''->>''amount'')::bigint reads both. Texts of the chain are bytes: what is not UTF-8, and the character 0, shows as U+FFFD.';
COMMENT ON COLUMN operations.result IS 'What it gave back: a pair of type and value, as the API shows it.';

CREATE TABLE account_operations (
    account bigint NOT NULL,
    operation bigint NOT NULL,
    time timestamptz NOT NULL,
    op_type smallint NOT NULL
);
COMMENT ON TABLE account_operations IS 'In whose history an operation appears: the same accounts as in get_account_history.';
COMMENT ON COLUMN account_operations.account IS 'N of 1.2.N.';
COMMENT ON COLUMN account_operations.operation IS 'The operation: operations.id.';
COMMENT ON COLUMN account_operations.time IS 'Time of the block.';
COMMENT ON COLUMN account_operations.op_type IS 'Type of the operation.';

CREATE TABLE asset_operations (
    asset bigint NOT NULL,
    operation bigint NOT NULL
);
COMMENT ON TABLE asset_operations IS 'Which assets an operation or its result names, other than in its fee.';
COMMENT ON COLUMN asset_operations.asset IS 'N of 1.3.N.';
COMMENT ON COLUMN asset_operations.operation IS 'The operation: operations.id.';

CREATE TABLE fills (
    operation bigint PRIMARY KEY,
    time timestamptz NOT NULL,
    base bigint NOT NULL,
    quote bigint NOT NULL,
    base_amount bigint NOT NULL,
    quote_amount bigint NOT NULL,
    price_base bigint NOT NULL,
    price_quote bigint NOT NULL,
    price numeric GENERATED ALWAYS AS (price_base::numeric / nullif(price_quote, 0)) STORED,
    account bigint NOT NULL,
    fee_asset bigint NOT NULL,
    fee_amount bigint NOT NULL,
    sells_base boolean NOT NULL,
    is_maker boolean NOT NULL,
    order_id text NOT NULL
);
COMMENT ON TABLE fills IS
    'Fills of orders. A match fills two orders, so it is two rows; that of the maker counts for volumes and candles.';
COMMENT ON COLUMN fills.operation IS 'The operation: operations.id.';
COMMENT ON COLUMN fills.time IS 'Time of the block.';
COMMENT ON COLUMN fills.base IS 'The market: N of 1.3.N of the asset with the smaller id.';
COMMENT ON COLUMN fills.quote IS 'The market: N of 1.3.N of the other asset.';
COMMENT ON COLUMN fills.base_amount IS 'Smallest units of base that changed hands.';
COMMENT ON COLUMN fills.quote_amount IS 'Smallest units of quote that changed hands.';
COMMENT ON COLUMN fills.price_base IS 'Smallest units of base in the price of the match …';
COMMENT ON COLUMN fills.price_quote IS '… for so many smallest units of quote.';
COMMENT ON COLUMN fills.price IS 'Smallest units of base for one smallest unit of quote.';
COMMENT ON COLUMN fills.account IS 'N of 1.2.N, whose order it was.';
COMMENT ON COLUMN fills.fee_asset IS 'N of 1.3.N, what the market fee was paid in.';
COMMENT ON COLUMN fills.fee_amount IS 'Market fee in smallest units.';
COMMENT ON COLUMN fills.sells_base IS 'Whether the order sold base; otherwise it sold quote.';
COMMENT ON COLUMN fills.is_maker IS 'Whether the order was on the book before the other one.';
COMMENT ON COLUMN fills.order_id IS 'The limit order, debt position or settlement, such as 1.7.5.';

-- What deletes by operation, when the chain leaves a branch: tiny, for rows that lie in the order of their keys.
CREATE INDEX account_operations_operation ON account_operations USING brin (operation) WITH (pages_per_range = 32);
CREATE INDEX asset_operations_operation ON asset_operations USING brin (operation) WITH (pages_per_range = 32);
CREATE INDEX operations_time ON operations USING brin (time) WITH (pages_per_range = 32);

CREATE VIEW account_history AS
    SELECT entry.account, operation.*, kind.name
    FROM account_operations AS entry
    JOIN operations AS operation ON operation.id = entry.operation
    JOIN operation_types AS kind ON kind.op_type = operation.op_type;
COMMENT ON VIEW account_history IS 'The operations of each account with their names: WHERE account = 17 ORDER BY id DESC LIMIT 20.';

CREATE VIEW pool_operations AS
    SELECT
        CASE op_type WHEN 59 THEN result -> 1 -> 'new_objects' ->> 0 ELSE op ->> 'pool' END AS pool,
        id AS operation, time, op_type, op, result
    FROM operations
    WHERE op_type IN (59, 60, 61, 62, 63, 75);
COMMENT ON VIEW pool_operations IS 'What happened in each liquidity pool: WHERE pool = ''1.19.0'' ORDER BY operation DESC.';

CREATE FUNCTION candles(
    market_base bigint, market_quote bigint, width_seconds integer, since timestamptz, until timestamptz
) RETURNS TABLE (
    begins timestamptz, open numeric, high numeric, low numeric, close numeric,
    base_volume numeric, quote_volume numeric, trades bigint
) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        date_bin(make_interval(secs => width_seconds), time, 'epoch'),
        (array_agg(price ORDER BY operation))[1],
        max(price),
        min(price),
        (array_agg(price ORDER BY operation DESC))[1],
        sum(base_amount),
        sum(quote_amount),
        count(*)
    FROM fills
    WHERE is_maker AND base = market_base AND quote = market_quote AND time >= since AND time < until
    GROUP BY 1
    ORDER BY 1;
END;
COMMENT ON FUNCTION candles IS
    'Candles of a market from one moment up to another: numbers of base and quote (the smaller first), width in seconds. Prices are those of fills, times without trades are left out.';
