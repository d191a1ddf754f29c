-- Writes only what is newer than what is stored, so that a record delivered twice, or late, changes nothing.
-- One call writes what one pair has in a batch. Every value is the JSON of a message, as core encodes it.
--
-- candles: KEYS[1] the latest candle; ARGV 'candles', the length of the window in ms, what the keys of its
--   candles begin with, then open time, closed (1 or 0), version and JSON of each candle, oldest first.
--   A candle leaves the window by event time: when the newest one is a window's length ahead of it.
-- trades: KEYS[1] the list, newest first; ARGV 'trades', its greatest length, then id and JSON of each trade in
--   the order of their ids. Ids not above the newest one stored are left out.
-- Returns how many values were written.
--
-- The candles' keys follow from KEYS[1]'s pair and are not declared: this is for one Redis, not for a cluster.

local MINUTE_MS = 60000

local function candle_at(key)
  local text = redis.call('GET', key)
  if not text then
    return nil
  end
  -- What is no candle was not written here, and gives way.
  local understood, candle = pcall(cjson.decode, text)
  if
    understood
    and type(candle) == 'table'
    and type(candle.open_time) == 'number'
    and type(candle.closed) == 'boolean'
    and type(candle.version) == 'number'
  then
    return candle
  end
  return nil
end

-- candlestack_core.versions.supersedes
local function supersedes(new, old)
  if new.closed ~= old.closed then
    return new.closed
  end
  return new.version > old.version
end

-- candlestack_core.versions.is_newer
local function is_newer(new, old)
  if new.open_time ~= old.open_time then
    return new.open_time > old.open_time
  end
  return supersedes(new, old)
end

local function offered_candles()
  local offered = {}
  for i = 4, #ARGV, 4 do
    offered[#offered + 1] = {
      open_time = tonumber(ARGV[i]),
      closed = ARGV[i + 1] == '1',
      version = tonumber(ARGV[i + 2]),
      json = ARGV[i + 3],
    }
  end
  return offered
end

local function write_candles(latest_key, window_ms, prefix)
  local offered = offered_candles()
  local stored = candle_at(latest_key)
  local latest = stored
  for _, candle in ipairs(offered) do
    if not latest or is_newer(candle, latest) then
      latest = candle
    end
  end
  local written = 0
  if latest.json then
    redis.call('SET', latest_key, latest.json)
    written = 1
  end

  for _, candle in ipairs(offered) do
    local left = window_ms - (latest.open_time - candle.open_time)
    if left > 0 then
      local key = prefix .. string.format('%.0f', candle.open_time)
      local old = candle_at(key)
      if not old or supersedes(candle, old) then
        redis.call('SET', key, candle.json, 'PX', string.format('%.0f', left))
        written = written + 1
      end
    end
  end

  -- Time runs faster in a replay and while a backlog is read, so what left is not left to its expiry.
  if stored then
    local first = stored.open_time - window_ms + MINUTE_MS
    local last = math.min(stored.open_time, latest.open_time - window_ms)
    for open_time = first, last, MINUTE_MS do
      redis.call('UNLINK', prefix .. string.format('%.0f', open_time))
    end
  end
  return written
end

-- An id may be greater than a double can hold exactly: compared as digits.
local function is_above(id, other)
  if #id ~= #other then
    return #id > #other
  end
  return id > other
end

local function write_trades(list, greatest_length)
  local newest = redis.call('LINDEX', list, 0)
  local last = newest and string.match(newest, '"trade_id":%s*(%d+)') or ''
  local written = 0
  for i = 3, #ARGV, 2 do
    if is_above(ARGV[i], last) then
      redis.call('LPUSH', list, ARGV[i + 1])
      last = ARGV[i]
      written = written + 1
    end
  end
  if written > 0 then
    redis.call('LTRIM', list, 0, greatest_length - 1)
  end
  return written
end

if ARGV[1] == 'candles' then
  return write_candles(KEYS[1], tonumber(ARGV[2]), ARGV[3])
end
return write_trades(KEYS[1], tonumber(ARGV[2]))
