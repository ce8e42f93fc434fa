import RedisClient

/// Sliding windows as hashes. The fields `total`, `first` and `last` hold what is counted in all and the numbers of the
/// oldest and the newest slot; a number holds what was counted in that slot. A slot leaves as a whole, when the last
/// moment of it is a window ago, so that never too much is granted.
enum RateLimitScripts {
  /// Count, limit, length of the window and of a slot in microseconds; returns what was granted, what is left, the
  /// microseconds until more is, and the slot.
  static let take = RedisScript(
    """
    local key = KEYS[1]
    local count, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
    local window, length = tonumber(ARGV[3]), tonumber(ARGV[4])
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local state = redis.call('HMGET', key, 'total', 'first', 'last')
    local total, first, last = tonumber(state[1]) or 0, tonumber(state[2]), tonumber(state[3])

    -- A clock that was set back by a little stands still until it is where it was; by more than a window, and nothing
    -- that was counted means anything.
    if last and now < last * length then
      if last * length - now > window then
        redis.call('DEL', key)
        total, first, last = 0, nil, nil
      else
        now = last * length
      end
    end

    local oldest = math.floor((now - window) / length)
    if last and last < oldest then
      redis.call('DEL', key)
      total, first, last = 0, nil, nil
    elseif first and first < oldest then
      local fields, gone = {}, {}
      for slot = first, last do fields[#fields + 1] = slot end
      local counts = redis.call('HMGET', key, unpack(fields))
      local next
      for i = 1, #fields do
        local slot, used = first + i - 1, tonumber(counts[i])
        if used and slot < oldest then
          total = total - used
          gone[#gone + 1] = fields[i]
        elseif used and not next then
          next = slot
        end
      end
      if #gone > 0 then redis.call('HDEL', key, unpack(gone)) end
      first = next or last
      redis.call('HSET', key, 'total', total, 'first', first)
    end

    local granted = math.max(0, math.min(count, limit - total))
    local slot = math.floor(now / length)
    if granted > 0 then
      total = total + granted
      first = first or slot
      redis.call('HINCRBY', key, slot, granted)
      redis.call('HSET', key, 'total', total, 'first', first, 'last', slot)
      redis.call('PEXPIRE', key, math.ceil((window + length) / 1000) + 1)
    end
    local reset = total > 0 and (first + 1) * length + window - now or 0
    return {granted, math.max(0, limit - total), reset, slot}
    """)

  /// Count and slot.
  static let giveBack = RedisScript(
    """
    local key, slot = KEYS[1], tonumber(ARGV[2])
    local used = tonumber(redis.call('HGET', key, slot))
    if not used then return 0 end
    local returned = math.min(used, tonumber(ARGV[1]))
    if redis.call('HINCRBY', key, 'total', -returned) <= 0 then
      redis.call('DEL', key)
      return returned
    end
    if returned < used then
      redis.call('HINCRBY', key, slot, -returned)
      return returned
    end
    redis.call('HDEL', key, slot)
    local ends = redis.call('HMGET', key, 'first', 'last')
    if tonumber(ends[1]) == slot then
      for next = slot + 1, tonumber(ends[2]) do
        if redis.call('HEXISTS', key, next) == 1 then
          redis.call('HSET', key, 'first', next)
          break
        end
      end
    end
    return returned
    """)
}
