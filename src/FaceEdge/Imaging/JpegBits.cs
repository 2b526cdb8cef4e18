using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FaceEdge.Imaging;

/// <summary>The bits of a JPEG's entropy-coded data up to the next marker, where FF 00 means FF (ITU-T T.81, F.1.2.3). Behind the marker come zeros.</summary>
internal unsafe ref struct JpegBits
{
    private readonly byte* _end;
    private byte* _at;
    private ulong _buffer; // the next bits, left-aligned; what is below the count is either zero or the true bits to come
    private int _count;
    private int _invented; // zeros put in behind the marker

    internal JpegBits(byte* start, byte* end)
    {
        _at = start;
        _end = end;
    }

    /// <summary>The next bits, left-aligned. At least 32 after <see cref="Fill"/>.</summary>
    internal readonly ulong Next => _buffer;

    /// <summary>Whether what is left of the last byte is filled up as the standard wants it (F.1.2.3).</summary>
    internal readonly bool AreFilledWithOnes => (_count - _invented) % 8 is var open && _buffer >> 1 >> (63 - open) == (1UL << open) - 1;

    /// <summary>Behind the last byte of which a bit was taken.</summary>
    internal readonly byte* Position
    {
        get
        {
            byte* at = _at;
            for (int unread = Math.Max(0, _count - _invented) / 8; unread > 0; unread--)
            {
                at -= at[-1] == 0 && at[-2] == 0xFF ? 2 : 1;
            }

            return at;
        }
    }

    /// <summary>Whether more was taken than there is before the marker.</summary>
    internal readonly bool IsOverdrawn => _invented > _count;

    /// <summary>Whole bytes that are left before the marker, and behind them the marker (or the end of the file).</summary>
    internal readonly byte* FindMarker(out int left)
    {
        left = Math.Max(0, _count - _invented) / 8;
        byte* at = _at;
        while (at < _end)
        {
            int plain = new ReadOnlySpan<byte>(at, (int)(_end - at)).IndexOf((byte)0xFF);
            if (plain < 0)
            {
                left += (int)(_end - at);
                return _end;
            }

            left += plain;
            at += plain;
            if (at + 1 < _end && at[1] == 0)
            {
                left++;
                at += 2;
            }
            else if (at + 1 < _end && at[1] == 0xFF)
            {
                at++; // fill bytes may stand before any marker
            }
            else
            {
                return at + 1 < _end ? at : _end;
            }
        }

        return _end;
    }

    /// <summary>Sees to it that 32 bits can be looked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Fill()
    {
        if (_count < 32 && !TryFill(ref _at, _end, ref _buffer, ref _count))
        {
            FillSlowly();
        }
    }

    /// <summary>
    /// Runs over a whole block, as sequential pictures have them. This is where nearly all of the time goes, so everything lies in local variables.
    /// </summary>
    /// <param name="component">Whose block.</param>
    /// <param name="dc">The codes of the first coefficient.</param>
    /// <param name="ac">Those of the others.</param>
    /// <returns>Whether it can be what an encoder wrote.</returns>
    internal bool RunBlock(JpegComponent* component, HuffmanTable* dc, HuffmanTable* ac)
    {
        byte* at = _at, end = _end;
        ulong buffer = _buffer;
        int count = _count;
        ushort* energy = component->Energy;
        uint sum = 0;
        uint entry = Look(ref at, end, ref buffer, ref count, dc);
        bool isCode = entry != HuffmanTable.NoCode;
        if (isCode)
        {
            component->Dc += HuffmanTable.Value(buffer, entry);
            buffer <<= (int)entry & 31;
            count -= (int)entry & 31;
            for (int k = 1; k < 64; k++)
            {
                entry = Look(ref at, end, ref buffer, ref count, ac);
                int taken = (int)entry & 31, size = (int)(entry >> 5) & 15;
                buffer <<= taken;
                count -= taken;
                k += (int)(entry >> 9); // beyond everything for what is no code
                if (size == 0)
                {
                    if (entry >> 9 != 15)
                    {
                        break; // the rest is zero
                    }
                }
                else if (k < 64)
                {
                    sum += energy[(16 * k) + size];
                }
                else
                {
                    isCode = false;
                    break;
                }
            }
        }

        Store(at, buffer, count);
        return isCode && sum <= JpegComponent.MostEnergy && Math.Abs(component->Dc) <= component->DcLimit;
    }

    /// <summary>Goes so many bits on, at most those that were looked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Skip(int bits)
    {
        _buffer <<= bits;
        _count -= bits;
    }

    /// <summary>One bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Take(int bits)
    {
        Fill();
        int value = (int)(_buffer >> 1 >> (63 - bits));
        Skip(bits);
        return value;
    }

    /// <summary>The next code with its value; the data is filled up for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Look(ref byte* at, byte* end, ref ulong buffer, ref int count, HuffmanTable* table)
    {
        if (count < 32 && !TryFill(ref at, end, ref buffer, ref count))
        {
            Store(at, buffer, count);
            FillSlowly();
            at = _at;
            buffer = _buffer;
            count = _count;
        }

        uint entry = table->Look[buffer >> (64 - HuffmanTable.LookBits)];
        return entry != 0 ? entry : table->FindLong(buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(byte* at, ulong buffer, int count)
    {
        _at = at;
        _buffer = buffer;
        _count = count;
    }

    /// <summary>Takes what fits of the next eight bytes; false where there are no eight, or an FF is among them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFill(ref byte* at, byte* end, ref ulong buffer, ref int count)
    {
        if (end - at < 8)
        {
            return false;
        }

        ulong eight = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(at));
        if (((~eight - 0x0101010101010101) & eight & 0x8080808080808080) != 0)
        {
            return false;
        }

        // More bits are put in than are counted: they are put in again, the same, next time.
        buffer |= eight >> count;
        int bytes = (63 - count) >> 3;
        at += bytes;
        count += 8 * bytes;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FillSlowly()
    {
        _buffer &= ~(ulong.MaxValue >> _count);
        while (_count <= 56)
        {
            byte value = 0;
            if (_at < _end && *_at != 0xFF)
            {
                value = *_at++;
            }
            else if (_at + 1 < _end && _at[1] == 0)
            {
                value = 0xFF;
                _at += 2;
            }
            else
            {
                _invented += 8;
            }

            _buffer |= (ulong)value << (56 - _count);
            _count += 8;
        }
    }
}
