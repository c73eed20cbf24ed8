! SPDX-License-Identifier: Apache-2.0
! suite:
! Private and firstprivate allocatables, automatic arrays, array reductions, pointers, derived types.
module types
  implicit none
  type :: particle
    real(8) :: place(3)
    real(8), allocatable :: history(:)
  end type
end module

program fortran_arrays
  use omp_lib
  use types
  implicit none
  real(8), allocatable :: own(:), sums(:)
  real(8), pointer :: view(:)
  real(8), target :: store(400)
  type(particle) :: particles(50)
  integer :: i, n

  n = 37
  allocate (own(n), sums(8))
  own = 1; sums = 0; store = 0
  !$omp parallel do firstprivate(own) reduction(+:sums) schedule(static, 5)
  do i = 1, 160
    own(1 + mod(i, n)) = own(1 + mod(i, n)) + 1
    sums(1 + mod(i, 8)) = sums(1 + mod(i, 8)) + i
#ifdef BROKEN
    if (i == 9) sums(1) = sums(1) + 1
#endif
    call automatic(i, store)
  end do
  if (any(own /= 1) .or. sum(sums) /= 12880 .or. sums(1) /= 1680) error stop 1
  if (sum(store(1:160)) /= 12880 * 10) error stop 2
  !$omp parallel do schedule(dynamic) private(view)
  do i = 1, 50
    view => store(i:i + 2)
    particles(i)%place = view
    allocate (particles(i)%history(i))
    particles(i)%history = i
  end do
  n = 0
  do i = 1, 50
    if (size(particles(i)%history) /= i .or. particles(i)%history(i) /= i) n = n + 1
    if (particles(i)%place(3) /= 10 * (i + 2)) n = n + 1
  end do
  if (n /= 0) error stop 3
  print '(a)', 'right'
contains
  subroutine automatic(length, store)
    integer, intent(in) :: length
    real(8), intent(inout) :: store(:)
    real(8) :: local(length)
    local = 10
    store(length) = sum(local)
  end subroutine
end program
