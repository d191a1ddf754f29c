-- Writes a ranking unless it would replace one of a later minute.
-- KEYS[1] the gainers, KEYS[2] the losers; ARGV: the ranking's time in ms, JSON of the gainers, of the losers.
-- Returns 1 when both were written, 0 when neither was. A ranking of the same minute is written: a late or
-- restated candle changes it.

local function time_at(key)
  local text = redis.call('GET', key)
  if not text then
    return nil
  end
  -- What is no ranking was not written here, and gives way.
  local understood, ranking = pcall(cjson.decode, text)
  if understood and type(ranking) == 'table' and type(ranking.time) == 'number' then
    return ranking.time
  end
  return nil
end

for _, key in ipairs(KEYS) do
  local stored = time_at(key)
  if stored and stored > tonumber(ARGV[1]) then
    return 0
  end
end
redis.call('MSET', KEYS[1], ARGV[2], KEYS[2], ARGV[3])
return 1
