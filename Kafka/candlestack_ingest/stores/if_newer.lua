-- Writes only what is newer than what is stored. One script for all that Redis holds of the stream, so that a
-- record delivered twice, or late, changes nothing. Every value is the JSON of a message.
--
-- candle: KEYS[1] the key; ARGV 'candle', JSON, open time, closed (1 or 0), version, milliseconds to live or 0.
--   The rule is core's: a later open time wins; of one open time the closed one, then the higher version.
-- trades: KEYS[1] the list, newest first; ARGV 'trades', its greatest length, then id and JSON of each trade in
--   the order of their ids. Ids not above the newest one stored are left out.
-- Returns how many values were written.

local kind = ARGV[1]

local function stored(text)
  if not text then
    return nil
  end
  local understood, value = pcall(cjson.decode, text)
  return understood and value or nil
end

if kind == 'candle' then
  local open_time, closed, version = tonumber(ARGV[3]), ARGV[4] == '1', tonumber(ARGV[5])
  local old = stored(redis.call('GET', KEYS[1]))
  if old then
    if open_time < old.open_time then
      return 0
    end
    if open_time == old.open_time then
      if closed ~= old.closed then
        if not closed then
          return 0
        end
      elseif version <= old.version then
        return 0
      end
    end
  end
  if tonumber(ARGV[6]) > 0 then
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[6])
  else
    redis.call('SET', KEYS[1], ARGV[2])
  end
  return 1
end

local newest = stored(redis.call('LINDEX', KEYS[1], 0))
local last = newest and newest.trade_id or -1
local written = 0
for i = 3, #ARGV, 2 do
  local id = tonumber(ARGV[i])
  if id > last then
    redis.call('LPUSH', KEYS[1], ARGV[i + 1])
    last = id
    written = written + 1
  end
end
if written > 0 then
  redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
end
return written
