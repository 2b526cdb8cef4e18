using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FaceEdge;

/// <summary>
/// The largest magnitude of many floats. Magnitudes are in the order of their bits, infinity above all numbers and NaN above that. A start
/// asks three times for each person, and TensorPrimitives.MaxMagnitude, which also minds signs, took a tenth of it.
/// </summary>
internal static class Magnitude
{
    private const int WithoutSign = int.MaxValue;

    /// <summary>The largest magnitude; 0 of no numbers, a NaN if there is one.</summary>
    public static float Largest(ReadOnlySpan<float> numbers)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(numbers);
        Vector128<int> even = default, odd = default;
        int i = 0;
        for (; i + 8 <= bits.Length; i += 8)
        {
            even = Vector128.Max(even, Vector128.Create(bits[i..]) & Vector128.Create(WithoutSign));
            odd = Vector128.Max(odd, Vector128.Create(bits[(i + 4)..]) & Vector128.Create(WithoutSign));
        }

        even = Vector128.Max(even, odd);
        int largest = Math.Max(Math.Max(even[0], even[1]), Math.Max(even[2], even[3]));
        for (; i < bits.Length; i++)
        {
            largest = Math.Max(largest, bits[i] & WithoutSign);
        }

        return BitConverter.Int32BitsToSingle(largest);
    }
}
