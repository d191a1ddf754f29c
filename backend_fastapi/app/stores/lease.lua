-- Takes tokens out of a client's bucket, which holds what a minute allows and fills by as much a minute.
--
-- KEYS[1] the bucket; ARGV: what a minute allows, how many tokens are wanted, how many are needed.
-- Returns how many were taken, and the ms until as many as were needed would be there.
-- A bucket that is full again is forgotten.

local MINUTE_MS = 60000

local capacity, wanted, needed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1]) or capacity, tonumber(bucket[2]) or now_ms

tokens = math.min(capacity, tokens + math.max(now_ms - at, 0) * capacity / MINUTE_MS)
local taken = math.min(wanted, math.floor(tokens))
tokens = tokens - taken
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', now_ms)
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - tokens) * MINUTE_MS / capacity) + 1000)
return { taken, math.ceil(math.max(needed - taken - tokens, 0) * MINUTE_MS / capacity) }
